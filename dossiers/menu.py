"""Where our pages stand in the menu."""
