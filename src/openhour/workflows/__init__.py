"""The verbs, one file each: load, authorize, ask the library, write, trail, in one transaction. The only writers."""
