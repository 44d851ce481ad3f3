root.src := root.c
root.uses := rt
