"""The quickstart as the web sees it: started as a subprocess, told by a record in a file."""
