---- MODULE NoTombstone ----
(* An UNDO that finds nothing leaves nothing behind. *)
EXTENDS Flow

BrokenTombstone(f, c, tok) == Result(f, "UNDONE")
============================
