/**
 * Programs that show Varve at work: {@link io.varve.samples.Samples} starts them, {@link
 * io.varve.samples.QuickStart} is the one to read first.
 *
 * <p>Each sample checks its own results against a plain loop over its input, and its exit code is 0
 * only if they are equal. 1 means that something went wrong, which is printed; 2 that the command
 * line was not understood.
 */
package io.varve.samples;
