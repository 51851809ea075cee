"""Training the lip-sync expert: do these mouths belong to this sound?"""
