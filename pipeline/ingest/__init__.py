"""Taking in what people upload: images of any supported kind, ZIPs, masks, COCO, tables.

Everything hostile is decoded in child processes with limits of memory and time (`worker`), so a
file that breaks its decoder costs that file and not the batch.
"""
