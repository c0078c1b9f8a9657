---- MODULE FailsBeforeItsPartsAreBack ----
(* Rule 1: a step fails while its parts still stand. *)
EXTENDS Family

BrokenMayFail(o) == TRUE
===============================
