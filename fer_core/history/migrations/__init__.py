"""Every change of the database's schema, in order. To change it, append a revision."""
