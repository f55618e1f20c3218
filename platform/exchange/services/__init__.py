"""What brings files in and takes datasets out."""
