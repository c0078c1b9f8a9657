/**
 * {@code doundo demo}: six flows that are shown as they happen, and then judged by what they have
 * left in the workers' ledger and store. May depend on {@code dev}, {@code cli} and {@code
 * process}.
 */
@NullMarked
package io.doundo.launcher.demo;

import org.jspecify.annotations.NullMarked;
