"""What other apps hear of datasets."""

from django.dispatch import Signal

# dataset=Dataset. In the transaction that deletes it, before anything is gone: a receiver deletes
# what is its own and only makes sense with the dataset, or raises a CatalogError to refuse.
dataset_deleting = Signal()
