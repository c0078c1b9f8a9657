---- MODULE UndoSkipsDoubt ----
(* A step in doubt is not undone. *)
EXTENDS Flow

BrokenOwes(s, x) == s \notin NoUndo /\ x.ev = DONE
===============================
