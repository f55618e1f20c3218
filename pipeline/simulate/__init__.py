"""Simulate: particles dropped in Blender become height maps, labels, masks and edge maps."""
