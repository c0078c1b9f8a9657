-------------------------------- MODULE Fence --------------------------------
(***************************************************************************)
(* The fence of one step: one record in Redis, changed only by scripts.    *)
(* Each operator is one script: from a record and what it is told to the   *)
(* next record and a verdict: RUN, WAIT, NOTHING, or what is answered.     *)
(***************************************************************************)
EXTENDS Integers

CONSTANT Policy  \* of a DO that may have had its effect: "RERUN" or "NEVER"

(***************************************************************************)
(* tok: of the run that holds the step; live: its lease has not ended.     *)
(* doubt: an earlier run may have had its effect. waits: an UNDO waits.    *)
(* covers: oldest token whose work the later runs repeat, or 0. gen: of    *)
(* the latest UNDO, or 0; genBefore and before: what a repeated UNDO goes  *)
(* back to. cmd: the UNDO command that runs, as <<generation, attempt>>;   *)
(* threw: the one that threw. follows: an UNDO that Redis has forgotten     *)
(* may have come before. The stored answer follows from st.                *)
(***************************************************************************)
Absent == [st |-> "ABSENT", tok |-> 0, live |-> FALSE, att |-> 0, doubt |-> FALSE,
           waits |-> FALSE, covers |-> 0, gen |-> 0, genBefore |-> 0,
           before |-> "ABSENT", cmd |-> <<0, 0>>, threw |-> <<0, 0>>, follows |-> FALSE]

Larger(x, y) == IF x >= y THEN x ELSE y
Result(f, verdict) == [f |-> f, verdict |-> verdict]
CommandOf(c) == <<c.gen, c.att>>

-----------------------------------------------------------------------------
(* begin-do *)

(* Whether nothing that was done for the step can have been forgotten.     *)
NothingForgotten(forgot) == ~forgot

(* What was forgotten may have been an UNDO.                               *)
MayFollowUndo(forgot) == ~NothingForgotten(forgot)

RunDo(f, c, tok, doubt, fresh, forgot) ==
  Result([f EXCEPT !.st = "DOING", !.tok = tok, !.live = TRUE,
                   !.att = Larger(@, c.att), !.doubt = doubt, !.waits = FALSE,
                   !.covers = IF fresh \/ @ = 0 THEN tok ELSE @,
                   !.follows = @ \/ MayFollowUndo(forgot)], "RUN")

(* No run before it is known; one that was forgotten may have had an effect. *)
RunFresh(f, c, tok, forgot) == RunDo(f, c, tok, ~NothingForgotten(forgot), TRUE, forgot)

DoInDoubt(f, c, tok, forgot) ==
  Result([f EXCEPT !.st = "IN_DOUBT", !.tok = tok, !.live = FALSE,
                   !.att = Larger(@, c.att), !.doubt = TRUE, !.waits = FALSE,
                   !.covers = IF @ = 0 THEN tok ELSE @,
                   !.follows = @ \/ MayFollowUndo(forgot)], "UNKNOWN")

DoByPolicy(f, c, tok, forgot) ==
  IF Policy = "RERUN" THEN RunDo(f, c, tok, TRUE, FALSE, forgot) ELSE DoInDoubt(f, c, tok, forgot)

BeginDo(f, c, tok, forgot) ==
  LET mayHaveRun == c.att > 1 \/ c.again IN
  CASE f.st = "ABSENT" ->
         IF mayHaveRun /\ ~NothingForgotten(forgot)
         THEN IF c.again THEN DoInDoubt(f, c, tok, forgot) ELSE DoByPolicy(f, c, tok, forgot)
         ELSE RunFresh(f, c, tok, forgot)
    [] f.st = "DOING" ->
         CASE f.live -> Result(f, "WAIT")
           [] f.waits -> Result(f, "FENCED")
           [] OTHER -> DoByPolicy(f, c, tok, forgot)
    [] f.st = "DONE" -> Result(f, "OK")
    [] f.st = "FAILED" ->
         CASE c.att <= f.att -> Result(f, "NO_EFFECT")
           [] f.gen > 0 -> Result(f, "FENCED")
           [] c.again /\ ~NothingForgotten(forgot) -> DoInDoubt(f, c, tok, forgot)
           [] OTHER -> RunFresh(f, c, tok, forgot)
    [] f.st = "IN_DOUBT" ->
         CASE f.gen > 0 -> Result(f, "FENCED")
           [] c.att <= f.att -> Result(f, "UNKNOWN")
           [] OTHER -> DoByPolicy(f, c, tok, forgot)
    [] OTHER -> Result(f, "FENCED")

-----------------------------------------------------------------------------
(* begin-undo *)

RunUndo(f, c, tok) ==
  Result([f EXCEPT !.st = "UNDOING", !.tok = tok, !.live = TRUE,
                   !.genBefore = f.gen, !.gen = Larger(@, c.gen), !.before = f.st,
                   !.waits = FALSE, !.covers = 0, !.cmd = CommandOf(c)], "RUN")

RunUndoInDoubt(f, c, tok) ==
  RunUndo([f EXCEPT !.st = "IN_DOUBT", !.doubt = @ \/ f.st # "IN_DOUBT"], c, tok)

Tombstone(f, c, tok) ==
  Result([f EXCEPT !.st = "UNDONE", !.tok = tok, !.live = FALSE, !.gen = Larger(@, c.gen),
                   !.waits = FALSE, !.covers = 0, !.doubt = FALSE, !.follows = FALSE], "UNDONE")

Replays(f, c) == c.gen <= f.gen

BeginUndo(f, c, tok, forgot) ==
  CASE f.threw = CommandOf(c) /\ f.st # "UNDOING" -> Result(f, "UNKNOWN")
    [] f.st = "ABSENT" ->
         IF c.known = "UNKNOWN" /\ NothingForgotten(forgot)
         THEN Tombstone(f, c, tok)
         ELSE RunUndoInDoubt([f EXCEPT !.follows = MayFollowUndo(forgot)], c, tok)
    [] f.st = "DOING" ->
         IF f.live THEN Result([f EXCEPT !.waits = TRUE], "WAIT")
         ELSE RunUndoInDoubt(f, c, tok)
    [] f.st = "DONE" -> RunUndo(f, c, tok)
    [] f.st = "FAILED" ->
         CASE c.known # "UNKNOWN" -> RunUndo(f, c, tok)
           [] NothingForgotten(forgot) -> Tombstone(f, c, tok)
           [] OTHER -> RunUndoInDoubt(f, c, tok)
    [] f.st = "IN_DOUBT" -> RunUndoInDoubt(f, c, tok)
    [] f.st = "UNDOING" ->
         IF f.live THEN Result(f, "WAIT")
         ELSE Result([f EXCEPT !.tok = tok, !.live = TRUE, !.gen = Larger(@, c.gen),
                               !.cmd = CommandOf(c)], "RUN")
    [] f.st = "UNDONE" ->
         IF Replays(f, c) THEN Result(f, "UNDONE") ELSE RunUndo(f, c, tok)

-----------------------------------------------------------------------------
(* finish. `r` is the run that ends, with its token and command.           *)

Holds(f, r) == f.st \in {"DOING", "UNDOING"} /\ f.tok = r.tok

(* A run without effect says nothing of the runs before it.                *)
Vouches(f) == ~f.doubt

SettleDo(f, ending) ==
  LET g == [f EXCEPT !.waits = FALSE, !.live = FALSE] IN
  CASE ending = "DONE" -> Result([g EXCEPT !.st = "DONE"], "OK")
    [] ending = "NO_EFFECT" /\ Vouches(f) -> Result([g EXCEPT !.st = "FAILED"], "NO_EFFECT")
    [] OTHER -> Result([g EXCEPT !.st = "IN_DOUBT", !.doubt = TRUE], "UNKNOWN")

UndoOver(f) == [f EXCEPT !.live = FALSE, !.waits = FALSE, !.genBefore = 0,
                         !.before = "ABSENT", !.cmd = <<0, 0>>]

SettleUndo(f) ==
  Result([UndoOver(f) EXCEPT !.st = "UNDONE", !.doubt = FALSE, !.threw = <<0, 0>>,
                             !.follows = FALSE], "UNDONE")

UndoThrew(f) ==
  Result([UndoOver(f) EXCEPT !.st = f.before, !.threw = f.cmd,
                             !.gen = IF f.before = "UNDONE" THEN f.genBefore ELSE @], "UNKNOWN")

(* The record is gone with all others. What the run knows is written again. *)
Forgotten(f, r, ending) ==
  CASE r.act = "DO" ->
         SettleDo([f EXCEPT !.tok = r.tok, !.att = r.att, !.covers = r.tok, !.doubt = TRUE,
                            !.follows = MayFollowUndo(TRUE)],
                  ending)
    [] ending = "UNDONE" -> SettleUndo([f EXCEPT !.tok = r.tok, !.gen = r.gen])
    [] OTHER -> Result([f EXCEPT !.st = "IN_DOUBT", !.tok = r.tok, !.gen = r.gen,
                                 !.doubt = TRUE, !.follows = MayFollowUndo(TRUE)], "UNKNOWN")

(* What a run that lost the step says of an effect that may stand.         *)
SaysLate == "LATE_EFFECT"

Lost(f, r, ending) ==
  LET landed == ending = "DONE"
      covered == f.covers > 0 /\ r.tok >= f.covers
  IN CASE r.act = "UNDO" \/ ending = "NO_EFFECT" -> Result(f, "NOTHING")
       [] f.st = "DOING" ->
            Result([f EXCEPT !.doubt = TRUE], IF covered THEN "NOTHING" ELSE SaysLate)
       [] f.st = "DONE" -> Result(f, IF covered THEN "NOTHING" ELSE SaysLate)
       [] f.st = "IN_DOUBT" /\ ~landed -> Result(f, "NOTHING")
       [] f.st \in {"IN_DOUBT", "FAILED"} ->
            Result([f EXCEPT !.st = IF landed THEN "DONE" ELSE "IN_DOUBT",
                             !.doubt = @ \/ ~landed], SaysLate)
       [] f.st = "UNDOING" /\ f.before # "UNDONE" ->
            Result([f EXCEPT
                      !.before = CASE landed -> "DONE" [] @ = "FAILED" -> "IN_DOUBT"
                                   [] OTHER -> @,
                      !.doubt = @ \/ (~landed /\ f.before = "FAILED")], SaysLate)
       [] OTHER -> Result(f, SaysLate)

Finish(f, r, ending) ==
  CASE f.st = "ABSENT" -> Forgotten(f, r, ending)
    [] Holds(f, r) ->
         CASE r.act = "DO" -> SettleDo(f, ending)
           [] ending = "UNDONE" -> SettleUndo(f)
           [] OTHER -> UndoThrew(f)
    [] OTHER -> Lost(f, r, ending)
-----------------------------------------------------------------------------
(* An UNDO that was sent covers what a fence vouches for. It does not vouch *)
(* for a DO that may follow an UNDO; that of a late effect says it itself.  *)
VouchedFor(f, out) == ~f.follows \/ out \in {"LATE_EFFECT", "FENCED"}
=============================================================================
