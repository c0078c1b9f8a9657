---- MODULE ReleasedBeforeTheEnd ----
(* Parts are released as soon as their step is done. *)
EXTENDS Family

BrokenMayRelease(o) == Terminal(o) \/ o.step = "DO_SUCCESS"
===============================
