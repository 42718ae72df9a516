"""What pages and REST read of the AI layer, with the reader's eyes."""
