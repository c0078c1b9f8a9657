---- MODULE WokenPartsAreIgnored ----
(* A parent does not heed a part that a late effect has woken. *)
EXTENDS Family

BrokenWokenUp(o, p) == o
===============================
