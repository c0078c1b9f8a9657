package io.doundo.history;

import io.doundo.protocol.ControlCommand;

/** What an operator asked for, as it was written. */
public record Asked(Place place, ControlCommand control) {}
