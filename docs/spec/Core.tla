-------------------------------- MODULE Core --------------------------------
(***************************************************************************)
(* The flow core: what a flow knows, and what each event makes of it.      *)
(* Pure operators, from a flow to the next one, as FlowDecider and the     *)
(* classes beside it are pure functions. The commands that a decision      *)
(* sends follow from the flow before and after it (Sent).                  *)
(***************************************************************************)
EXTENDS Integers, FiniteSets

CONSTANTS
  Pair,      \* steps that run side by side
  Last,      \* the step that depends on all of them
  NoUndo,    \* steps that declare `undo: none`
  MaxDo,     \* attempts of a DO in one generation
  MaxUndo    \* attempts of an UNDO in one generation

Steps == Pair \cup {Last}

(* Steps of which nothing is sent: carried out by the orchestrator itself,  *)
(* or waiting for a signal. A model says which there are, and the signals.  *)
Inside == {}
Waits == {}
(* Steps behind a breaker, which may hold their commands back.              *)
Breakers == {}
Outside == Steps \ (Inside \cup Waits)
Dependencies(s) == IF s = Last THEN Pair ELSE {}
Dependents(s) == IF s = Last THEN {} ELSE {Last}

(* Evidence, weakest first. *)
NONE == 0
CLEAN == 1
DOUBT == 2
DONE == 3
Max(x, y) == IF x >= y THEN x ELSE y
MayHaveEffect(x) == x.ev >= DOUBT

(***************************************************************************)
(* st, ev, gen: status, evidence, generation. ds/us: DOs and UNDOs sent,   *)
(* which is the latest attempt's number; db/ub: where the generation began *)
(* to count. open: the attempt that is awaited, or 0. ok: the DO attempt   *)
(* whose success was taken. due: whether a delay before the next attempt   *)
(* is set ("wait") or has passed ("over").                                 *)
(***************************************************************************)
Fresh == [st |-> "PENDING", ev |-> NONE, gen |-> 1, ds |-> 0, db |-> 0,
          us |-> 0, ub |-> 0, open |-> 0, ok |-> 0, due |-> "no"]

(* kept, taken, refused: what became of the signals, by their numbers.     *)
(* undoTurn: number of the turn that was asked for, undoOk: it was read    *)
(* back. repairs: how often the audit log says that an ended flow goes on. *)
Unstarted == [status |-> "NEW", turns |-> 0, undoTurn |-> 0, undoOk |-> FALSE,
              repairs |-> 0, kept |-> {}, taken |-> {}, refused |-> {},
              step |-> [s \in Steps |-> Fresh]]

LeadsBack(o) == o.status \in {"UNDOING", "UNDONE", "PARKED"}
Ended(o) == o.status \in {"COMPLETED", "UNDONE", "PARKED", "REJECTED"}

DoInFlight(x) == x.open > 0 /\ x.st # "UNDOING"
UndoInFlight(x) == x.open > 0 /\ x.st = "UNDOING"
UndoWasSent(x) ==
  \/ x.st \in {"UNDOING", "UNDO_SUCCESS", "UNDO_FAIL"}
  \/ x.st = "HELD" /\ x.us > x.ub
Passed(x) == x.st = "DO_SUCCESS"

(* Only an effect that is ruled out is owed no UNDO. *)
Owes(s, x) == s \notin NoUndo /\ MayHaveEffect(x)

Rest(x) == [x EXCEPT !.open = 0, !.due = "no"]
NextGeneration(x) == [x EXCEPT !.gen = @ + 1, !.db = x.ds, !.ub = x.us]
RaiseGeneration(x) == Rest(NextGeneration(x))

-----------------------------------------------------------------------------
(* Forward *)

ReadyToDo(o, s) ==
  LET x == o.step[s] IN
  \/ x.st = "PENDING" /\ \A d \in Dependencies(s) : Passed(o.step[d])
  \/ x.st \in {"DO_FAIL", "IN_DOUBT"} /\ x.open = 0 /\ x.due = "over"

SendDo(x) ==
  [x EXCEPT !.ds = @ + 1, !.open = x.ds + 1, !.due = "no",
            !.st = IF MayHaveEffect(x) THEN "IN_DOUBT" ELSE "IN_PROGRESS"]

(* What an inside step has done needs no undo: nothing reached outside.    *)
InsideEvidence == NONE

BeginStep(s, x) ==
  CASE s \in Inside -> [x EXCEPT !.st = "DO_SUCCESS", !.ev = InsideEvidence]
    [] s \in Waits -> [x EXCEPT !.st = "WAITING"]
    [] OTHER -> SendDo(x)

(* Those that are ready among these begin. *)
BeginAll(o, some) ==
  [o EXCEPT !.step =
     [s \in Steps |-> IF s \in some /\ ReadyToDo(o, s) THEN BeginStep(s, o.step[s])
                      ELSE o.step[s]]]

First(kept) == CHOOSE n \in kept : \A m \in kept : n <= m

(* A step that waits takes the signal that came first. *)
Serve(o) ==
  LET waiting == {s \in Waits : o.step[s].st = "WAITING"} IN
  IF waiting = {} \/ o.kept = {} THEN o
  ELSE LET s == CHOOSE t \in waiting : TRUE
       IN [o EXCEPT !.step[s].st = "DO_SUCCESS", !.kept = @ \ {First(o.kept)},
                    !.taken = @ \cup {First(o.kept)}]

(* What needs no worker passes at once, so that the steps behind it begin in *)
(* the same decision.                                                        *)
Forward(o) ==
  LET p == BeginAll(Serve(BeginAll(o, Inside \cup Waits)), Steps)
  IN IF \A s \in Steps : Passed(p.step[s]) THEN [p EXCEPT !.status = "COMPLETED"] ELSE p

-----------------------------------------------------------------------------
(* Backward *)

OwnSettled(o, s) == ~DoInFlight(o.step[s]) /\ ~Owes(s, o.step[s])
Free(o, s) == \A d \in Dependents(s) : OwnSettled(o, d)

ReadyToUndo(o, s) ==
  LET x == o.step[s] IN
  /\ Free(o, s) /\ Owes(s, x) /\ x.open = 0 /\ x.st # "HELD"
  /\ x.st = "UNDO_FAIL" => x.due = "over"

SendUndo(x) ==
  [x EXCEPT !.us = @ + 1, !.open = x.us + 1, !.due = "no", !.st = "UNDOING"]

(* An UNDO is sent only once the turn is known to be committed. *)
MaySendUndo(o) == o.undoOk

AskForTurn(o) ==
  IF o.undoTurn = 0 THEN [o EXCEPT !.turns = @ + 1, !.undoTurn = o.turns + 1] ELSE o

Resume(o) ==
  CASE o.status = "UNDONE" -> [o EXCEPT !.status = "UNDOING", !.repairs = @ + 1]
    [] o.status = "PARKED" -> [o EXCEPT !.status = "UNDOING"]
    [] OTHER -> o

Backward(o) ==
  LET ready == {s \in Steps : ReadyToUndo(o, s)}
      p == [o EXCEPT !.step =
              [s \in Steps |-> IF s \in ready /\ MaySendUndo(o)
                               THEN SendUndo(o.step[s]) ELSE o.step[s]]]
      asked == IF ready # {} THEN AskForTurn(p) ELSE p
      moving == \E s \in Steps :
                  \/ s \in ready
                  \/ p.step[s].open > 0
                  \/ Free(o, s) /\ (p.step[s].due # "no" \/ p.step[s].st = "HELD")
  IN CASE \A s \in Steps : OwnSettled(o, s) ->
            IF o.status = "UNDONE" THEN o
            ELSE [o EXCEPT !.status = "UNDONE", !.undoTurn = IF o.undoOk THEN @ ELSE 0]
       [] moving -> Resume(asked)
       [] OTHER -> [asked EXCEPT !.status = "PARKED"]

(* What a step is without the DO that is held. *)
Unsent(x, failed) ==
  CASE MayHaveEffect(x) -> "IN_DOUBT" [] x.ds > 0 -> failed [] OTHER -> "PENDING"

(* What is not out yet is not sent any more. *)
Withdraw(x) ==
  CASE x.st = "DO_FAIL" -> [x EXCEPT !.st = "FAILED", !.due = "no"]
    [] x.st = "IN_DOUBT" /\ x.open = 0 -> [x EXCEPT !.due = "no"]
    [] x.st = "WAITING" -> [x EXCEPT !.st = "NOT_TAKEN"]
    [] x.st = "HELD" -> [x EXCEPT !.st = Unsent(x, "FAILED")]
    [] OTHER -> x

Turn(o) ==
  LET p == [o EXCEPT !.status = "UNDOING", !.step = [s \in Steps |-> Withdraw(o.step[s])]]
  IN IF \E s \in Steps : DoInFlight(p.step[s]) \/ Owes(s, p.step[s])
     THEN AskForTurn(p) ELSE p

Advance(o) ==
  CASE LeadsBack(o) -> Backward(o)
    [] o.status = "IN_PROGRESS" -> Forward(o)
    [] OTHER -> o

-----------------------------------------------------------------------------
(* Attempts that end *)

AttemptsLeft(sent, most) == sent < most

With(o, s, x) == [o EXCEPT !.step[s] = x]

DoAttemptEnded(o, s, timedOut, retryable) ==
  LET x == o.step[s]
  IN IF (timedOut \/ retryable) /\ AttemptsLeft(x.ds - x.db, MaxDo)
     THEN With(o, s, [x EXCEPT !.due = "wait",
            !.st = IF timedOut \/ MayHaveEffect(x) THEN "IN_DOUBT" ELSE "DO_FAIL"])
     ELSE Turn(With(o, s, [x EXCEPT
            !.st = CASE timedOut -> "IN_DOUBT" [] retryable -> "RETRY_EXHAUSTED"
                     [] OTHER -> "FAILED"]))

UndoAttemptEnded(o, s) ==
  LET x == o.step[s]
  IN With(o, s, [x EXCEPT !.st = "UNDO_FAIL",
                          !.due = IF AttemptsLeft(x.us - x.ub, MaxUndo) THEN "wait" ELSE "no"])

(* What a DO that nobody answered in time may have left behind. *)
EvidenceOfTimeout == DOUBT

AttemptTimedOut(o, s) ==
  LET x == o.step[s]
      y == [Rest(x) EXCEPT !.ev = Max(@, EvidenceOfTimeout)]
  IN CASE UndoInFlight(x) -> UndoAttemptEnded(With(o, s, Rest(x)), s)
       [] LeadsBack(o) -> With(o, s, [y EXCEPT !.st = "IN_DOUBT"])
       [] OTHER -> DoAttemptEnded(With(o, s, y), s, TRUE, TRUE)

-----------------------------------------------------------------------------
(* Answers. `a` has s, act, gen, att (of the command it echoes), out, and   *)
(* sure: whether the fence vouches for it.                                 *)

Sends(x, act) == IF act = "DO" THEN x.ds ELSE x.us
Base(x, act) == IF act = "DO" THEN x.db ELSE x.ub

(* A command that is not on record was sent by an aborted transaction.     *)
OnRecord(x, a) ==
  /\ a.att <= Sends(x, a.act)
  /\ IF a.att > Base(x, a.act) THEN a.gen = x.gen ELSE a.gen < x.gen

Match(x, a) ==
  CASE ~OnRecord(x, a) -> "PHANTOM"
    [] x.open = a.att /\ (a.act = "DO" <=> DoInFlight(x)) -> "OPEN"
    [] OTHER -> "EARLIER"

Remember(o, s, evidence) ==
  LET x == o.step[s]
      heldClean == \/ x.st \in {"DO_FAIL", "RETRY_EXHAUSTED", "FAILED", "IN_PROGRESS"}
                   \/ x.st = "PENDING" /\ LeadsBack(o)
  IN IF x.ev >= evidence THEN o
     ELSE With(o, s, [x EXCEPT !.ev = evidence, !.st = IF heldClean THEN "IN_DOUBT" ELSE @])

(* What comes to light after an UNDO was sent is undone in a new generation. *)
UndoAgain(o, s, evidence) ==
  With(o, s, [RaiseGeneration(o.step[s]) EXCEPT !.ev = Max(@, evidence), !.st = "IN_DOUBT"])

Accept(o, s) == With(o, s, [Rest(o.step[s]) EXCEPT !.st = "DO_SUCCESS", !.ev = DONE])

NoteSuccess(o, s, a, match) ==
  IF match = "PHANTOM" THEN o ELSE [o EXCEPT !.step[s].ok = Max(@, a.att)]

SucceededForward(o, s, match) ==
  LET x == o.step[s] IN
  CASE x.st = "DO_SUCCESS" -> o
    [] match = "PHANTOM" \/ x.ds = 0 -> Remember(o, s, DONE)
    [] OTHER -> Accept(o, s)

(* Redis may have lost an UNDO of this generation that ran before: its      *)
(* success, still on its way, must not count for the next one.             *)
BeyondLostUndos(o, p, s, a, match) ==
  IF /\ LeadsBack(p) /\ ~a.sure /\ ~UndoWasSent(p.step[s]) /\ MayHaveEffect(p.step[s])
     /\ match = "OPEN" \/ p.step[s].ev # o.step[s].ev
  THEN [p EXCEPT !.step[s] = NextGeneration(@)] ELSE p

SucceededBack(o, s, a, match) ==
  LET x == o.step[s]
      knownAlready == a.sure /\ match # "PHANTOM" /\ a.att <= x.ok
  IN CASE UndoWasSent(x) -> IF knownAlready THEN o ELSE UndoAgain(o, s, DONE)
       [] DoInFlight(x) /\ match # "OPEN" -> Remember(o, s, DONE)
       [] DoInFlight(x) -> Accept(o, s)
       [] x.st = "IN_DOUBT" /\ x.ev = DOUBT /\ match # "PHANTOM" -> Accept(o, s)
       [] x.st = "DO_SUCCESS" -> o
       [] OTHER -> Remember(o, s, DONE)

DoSucceeded(o, a) ==
  LET match == Match(o.step[a.s], a)
      p == IF LeadsBack(o) THEN BeyondLostUndos(o, SucceededBack(o, a.s, a, match), a.s, a, match)
           ELSE SucceededForward(o, a.s, match)
  IN NoteSuccess(p, a.s, a, match)

DoFailed(o, a) ==
  LET s == a.s
      x == o.step[s]
      match == Match(x, a)
      \* A fence knows an UNDO that the flow does not: an earlier delivery may have run.
      evidence == IF a.out \in {"UNKNOWN", "FENCED"} THEN DOUBT ELSE CLEAN
      y == [Rest(x) EXCEPT !.ev = Max(@, evidence)]
  IN CASE match = "OPEN" /\ LeadsBack(o) ->
            BeyondLostUndos(o, With(o, s, [y EXCEPT !.st = "FAILED"]), s, a, match)
       [] match = "OPEN" -> DoAttemptEnded(With(o, s, y), s, FALSE, a.out # "FENCED")
       [] a.out # "UNKNOWN" \/ (UndoWasSent(x) /\ a.sure /\ match # "PHANTOM") -> o
       [] UndoWasSent(x) -> UndoAgain(o, s, DOUBT)
       [] OTHER -> BeyondLostUndos(o, Remember(o, s, DOUBT), s, a, match)

(* An effect landed after its worker had lost the step. *)
Landed(o, a) ==
  LET s == a.s
      x == o.step[s]
      p == IF Passed(x) THEN [o EXCEPT !.step[s].ev = DONE] ELSE Remember(o, s, DONE)
  IN CASE UndoWasSent(x) -> UndoAgain(o, s, DONE)
       [] LeadsBack(o) -> [p EXCEPT !.step[s] = NextGeneration(@)]
       [] OTHER -> p

(* An answer of an earlier generation settles nothing. *)
UndoSucceeded(o, a) ==
  LET x == o.step[a.s]
      match == Match(x, a)
      ofThisGeneration == match = "OPEN" \/ (match = "EARLIER" /\ a.att > x.ub)
  IN IF UndoWasSent(x) /\ x.st # "UNDO_SUCCESS" /\ ofThisGeneration
     THEN With(o, a.s, [Rest(x) EXCEPT !.st = "UNDO_SUCCESS", !.ev = NONE])
     ELSE o

UndoFailed(o, a) ==
  IF Match(o.step[a.s], a) = "OPEN"
  THEN UndoAttemptEnded(With(o, a.s, Rest(o.step[a.s])), a.s)
  ELSE o

-----------------------------------------------------------------------------
(* Signals. Each is taken once or refused once; until then it is kept.     *)

Known(o, n) == n \in o.kept \cup o.taken \cup o.refused

(* No step will take a signal any more. *)
NobodyWaits(o) ==
  LeadsBack(o) \/ Ended(o) \/ \A s \in Waits : Passed(o.step[s])

Signalled(o, n) ==
  CASE Known(o, n) -> o
    [] NobodyWaits(o) -> [o EXCEPT !.refused = @ \cup {n}]
    [] OTHER -> [o EXCEPT !.kept = @ \cup {n}]

RefuseObsolete(o) ==
  IF NobodyWaits(o) THEN [o EXCEPT !.kept = {}, !.refused = @ \cup o.kept] ELSE o

(* The time of a wait is over, and the flow goes back. *)
WaitTimedOut(o, s) == Turn([o EXCEPT !.step[s].st = "FAILED"])

Taken(o, a) ==
  CASE a.act = "SIGNAL" -> Signalled(o, a.att)
    [] a.act = "DO" /\ a.out = "OK" -> DoSucceeded(o, a)
    [] a.act = "DO" /\ a.out = "LATE_EFFECT" -> Landed(o, a)
    [] a.act = "DO" -> DoFailed(o, a)
    [] a.out = "UNDONE" -> UndoSucceeded(o, a)
    [] OTHER -> UndoFailed(o, a)

-----------------------------------------------------------------------------
(* Decisions *)

(* A flow that was rejected while it waited for its definition has sent     *)
(* nothing, but a transaction that had found the definition and was aborted *)
(* may have: the effect is undone. Other answers change nothing.            *)
Reopens(o, a) ==
  o.status = "REJECTED" /\ a.act = "DO" /\ a.out \in {"OK", "LATE_EFFECT", "UNKNOWN"}

Rejected(o) == [o EXCEPT !.status = "REJECTED"]

(* The breaker holds what a decision is about to send: the attempt does not *)
(* count, and what is known of the effect stays.                            *)
HoldBack(o, p) ==
  [p EXCEPT !.step =
     [s \in Steps |->
        LET x == p.step[s] IN
        CASE s \in Breakers /\ x.ds > o.step[s].ds ->
               [x EXCEPT !.st = "HELD", !.ds = @ - 1, !.open = 0, !.due = "no"]
          [] s \in Breakers /\ x.us > o.step[s].us ->
               [x EXCEPT !.st = "HELD", !.us = @ - 1, !.open = 0, !.due = "no"]
          [] OTHER -> x]]

(* The hold ends: the command is due now. *)
Released(o, s) ==
  LET x == o.step[s]
      st == CASE ~LeadsBack(o) -> Unsent(x, "DO_FAIL")
              [] x.us > x.ub -> "UNDO_FAIL"
              [] MayHaveEffect(x) -> "IN_DOUBT"
              [] OTHER -> "FAILED"
      isDue == IF LeadsBack(o) THEN st = "UNDO_FAIL" ELSE st # "PENDING"
  IN IF x.st # "HELD" THEN o
     ELSE With(o, s, [x EXCEPT !.st = st, !.due = IF isDue THEN "over" ELSE "no"])

HoldEnded(o, s) == Advance(Released(o, s))

Begun(o) == Advance([o EXCEPT !.status = "IN_PROGRESS"])
Reopened(o) == Turn([o EXCEPT !.repairs = @ + 1])

Answered(o, a) ==
  CASE Reopens(o, a) -> RefuseObsolete(Advance(Taken(Reopened(o), a)))
    [] o.status = "REJECTED" /\ a.act # "SIGNAL" -> o
    [] OTHER -> RefuseObsolete(Advance(Taken(o, a)))
WaitOver(o, s) == RefuseObsolete(Advance(WaitTimedOut(o, s)))
TimedOut(o, s) == RefuseObsolete(Advance(AttemptTimedOut(o, s)))
DelayPassed(o, s) == Advance([o EXCEPT !.step[s].due = "over"])
TurnCommitted(o) == Advance([o EXCEPT !.undoOk = TRUE])
Cancelled(o) == RefuseObsolete(Advance(Turn(o)))

(* What an UNDO says of its DO. *)
KnownEffect(x) == CASE x.ev = DONE -> "DONE" [] x.ev = DOUBT -> "UNKNOWN" [] OTHER -> "FAILED"

(* The commands that led from one flow to the next. *)
Sent(o, p) ==
  {[s |-> s, act |-> "DO", gen |-> p.step[s].gen, att |-> p.step[s].ds,
    known |-> "-", again |-> FALSE] :
     s \in {t \in Steps : p.step[t].ds > o.step[t].ds}}
  \cup
  {[s |-> s, act |-> "UNDO", gen |-> p.step[s].gen, att |-> p.step[s].us,
    known |-> KnownEffect(p.step[s]), again |-> FALSE] :
     s \in {t \in Steps : p.step[t].us > o.step[t].us}}
=============================================================================
