"""The people of a dossier: clients, parents, representatives, network."""
