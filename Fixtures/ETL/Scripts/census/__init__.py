"""What the scripts that work with the database share."""
