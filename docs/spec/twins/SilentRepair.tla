---- MODULE SilentRepair ----
(* An ended flow goes on and no record says so. *)
EXTENDS Flow

BrokenResume(o) == IF LeadsBack(o) THEN [o EXCEPT !.status = "UNDOING"] ELSE o
=============================
