/**
 * What the samples need to talk to a person or to a pipe: arguments in, tables, bars and progress
 * out. Bars are Unicode where the output can show it, plain otherwise; escape codes are written to
 * terminals only. One thread at a time.
 */
package io.varve.samples.terminal;
