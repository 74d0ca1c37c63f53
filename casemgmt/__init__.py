"""The project and the ground floor everything stands on."""
