---- MODULE CountsLostUndos ----
(* The answer of an UNDO that Redis has lost counts for the one after it. *)
EXTENDS Flow

BrokenBeyondLostUndos(before, after, any, answer, match) == after
====================================
