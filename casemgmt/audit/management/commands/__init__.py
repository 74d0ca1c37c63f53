"""Commands about the trail."""
