---- MODULE PivotInAnOrdinaryStep ----
(* Rule 6: a step whose parts hold a pivot is no pivot itself. *)
EXTENDS Family

BrokenIsOpenPivot(o) == FALSE
BrokenIsPassedPivot(o) == FALSE
===============================
