"""Every sentence a user reads, in Dutch and in English."""
