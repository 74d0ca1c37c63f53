"""Making backups and putting them back: dossiers and keys apart, and what was destroyed stays destroyed."""
