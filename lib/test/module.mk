test.src := ktest.c kit.c peer.c
test.uses := root
