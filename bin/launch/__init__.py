"""What stands behind the commands in bin/: packages, embedded servers, processes."""
