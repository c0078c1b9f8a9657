/**
 * The wire: topic names, envelope and registration records, JSON and YAML codecs. It knows no other
 * module and may depend on the JDK, JSpecify, Jackson and SnakeYAML only.
 */
@NullMarked
package io.doundo.protocol;

import org.jspecify.annotations.NullMarked;
