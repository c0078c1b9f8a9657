---- MODULE VouchesAfterALoss ----
(* A run that may follow an UNDO which Redis has forgotten is vouched for. *)
EXTENDS Flow

BrokenMayFollowUndo(any) == FALSE
====================================
