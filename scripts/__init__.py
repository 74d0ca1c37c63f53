"""Starting, watching and stopping the services around the application."""
