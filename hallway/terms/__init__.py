"""Code systems as far as their licences let us ship them: codes and our own short labels, never descriptors."""
