"""What git.sr.ht and hg.sr.ht have in common: repositories, who may use them, what is told of them."""
