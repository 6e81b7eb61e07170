"""The open laboratory of the Dutch bijstand budget allocation."""

__version__ = "0.1.0"
