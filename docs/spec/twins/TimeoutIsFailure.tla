---- MODULE TimeoutIsFailure ----
(* A DO that nobody answered in time is taken for one that failed. *)
EXTENDS Flow

BrokenEvidenceOfTimeout == CLEAN
=================================
