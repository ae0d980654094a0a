"""Starting, testing and keeping the desk; standard library only, since it runs before anything is installed."""
