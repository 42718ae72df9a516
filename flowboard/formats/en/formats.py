"""1 Dec 2026, 18:51: as the program's own pages write it, and short enough for a column."""

DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
