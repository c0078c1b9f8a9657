package io.doundo.launcher.fill;

import io.doundo.protocol.CommandAction;
import java.util.List;

/**
 * What becomes of a flow, and what its workers do for it.
 *
 * <p>The weights are flows of a thousand.
 */
enum Fate {
  ORDER_COMPLETED("fillOrder", 520, 4),
  ORDER_UNDONE("fillOrder", 80, 3),
  ORDER_UNDO_FAILED("fillOrder", 25, 4),
  ORDER_FORWARD_EXHAUSTED("fillOrder", 20, 4),
  ORDER_PIVOT_IN_DOUBT("fillOrder", 5, 3),
  SHIPMENT_COMPLETED("fillShipment", 180, 3),
  SHIPMENT_UNDONE("fillShipment", 60, 5),
  SHIPMENT_UNANSWERED("fillShipment", 20, 2),
  SHIPMENT_UNDO_UNANSWERED("fillShipment", 5, 4),
  SHIPMENT_PAUSED("fillShipment", 10, 1),
  IMPORT_IN_DOUBT("fillImport", 10, 2),
  IMPORT_ESCALATED("fillImport", 5, 3),
  APPROVAL_WAITING("fillApproval", 60, 1);

  /** What a worker does with a command. */
  enum Reaction {
    SUCCEED,
    FAIL,
    BE_SILENT,
    /** Is silent, and an operator pauses the flow. */
    PAUSE
  }

  /** The weights of all fates together. */
  static final int WEIGHTS = 1_000;

  static final List<String> ORCHESTRATIONS =
      List.of("fillOrder", "fillShipment", "fillImport", "fillApproval");

  private final String orchestration;
  private final int weight;
  private final int commands;

  /**
   * @param commands how many a flow of this fate sends at least before it rests or waits
   */
  Fate(String orchestration, int weight, int commands) {
    this.orchestration = orchestration;
    this.weight = weight;
    this.commands = commands;
  }

  String orchestration() {
    return orchestration;
  }

  int commands() {
    return commands;
  }

  /** The fate at a place among a thousand. */
  static Fate at(int place) {
    int left = place;
    for (Fate fate : values()) {
      left -= fate.weight;
      if (left < 0) {
        return fate;
      }
    }
    throw new IllegalArgumentException("beyond the weights: " + place);
  }

  /** What the worker of a step does with a command of such a flow. */
  Reaction reaction(String step, CommandAction action) {
    boolean isDo = action == CommandAction.DO;
    return switch (this) {
      case ORDER_COMPLETED, SHIPMENT_COMPLETED, APPROVAL_WAITING -> Reaction.SUCCEED;
      case ORDER_UNDONE -> failIf(isDo && step.equals("check"));
      case ORDER_UNDO_FAILED -> failIf(isDo ? step.equals("check") : step.equals("reserve"));
      case ORDER_FORWARD_EXHAUSTED -> failIf(isDo && step.equals("notify"));
      case ORDER_PIVOT_IN_DOUBT -> silentIf(isDo && step.equals("charge"));
      case SHIPMENT_UNDONE -> failIf(isDo && step.equals("confirm"));
      case SHIPMENT_UNANSWERED -> silentIf(isDo && step.equals("send"));
      case SHIPMENT_UNDO_UNANSWERED ->
          isDo ? failIf(step.equals("confirm")) : silentIf(step.equals("send"));
      case SHIPMENT_PAUSED -> isDo && step.equals("pack") ? Reaction.PAUSE : Reaction.SUCCEED;
      case IMPORT_IN_DOUBT -> silentIf(step.equals("convert"));
      case IMPORT_ESCALATED -> silentIf(isDo && step.equals("load"));
    };
  }

  /** What the worker does once it is repaired: what an operator retries then succeeds. */
  Reaction repaired(String step, CommandAction action) {
    return switch (this) {
      case ORDER_UNDO_FAILED, ORDER_FORWARD_EXHAUSTED, ORDER_PIVOT_IN_DOUBT, IMPORT_ESCALATED ->
          Reaction.SUCCEED;
      default -> reaction(step, action);
    };
  }

  private static Reaction failIf(boolean fails) {
    return fails ? Reaction.FAIL : Reaction.SUCCEED;
  }

  private static Reaction silentIf(boolean isSilent) {
    return isSilent ? Reaction.BE_SILENT : Reaction.SUCCEED;
  }
}
