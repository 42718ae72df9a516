"""What pages show, read in few queries and prepared as plain values, so that drawing is only drawing."""
