"""UNet++ on artificial SEM images with exact labels, and its use on real micrographs."""
