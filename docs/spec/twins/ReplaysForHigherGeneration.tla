---- MODULE ReplaysForHigherGeneration ----
(* A stored answer is given again to an UNDO of a higher generation. *)
EXTENDS Flow

BrokenReplays(f, c) == TRUE
===========================================
