---- MODULE NobodyTimesOut ----
(* An attempt that is never answered is awaited for ever. *)
EXTENDS Flow

BrokenTimedOut(o, s) == o
===============================
