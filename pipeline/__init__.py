"""Semblance's science: from a drop in Blender to measured particles.

Plain Python: nothing in here knows Django, Celery or the web platform.
"""

__version__ = "0.1.0"
