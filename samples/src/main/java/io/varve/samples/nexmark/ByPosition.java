package io.varve.samples.nexmark;

import io.varve.projections.Processor;
import io.varve.projections.ProcessorContext;
import io.varve.projections.Record;

/** Gives each record the position of its event as key, so that each has a row of its own. */
final class ByPosition<V> implements Processor<String, V, Long, V> {
    private ProcessorContext<Long, V> context;

    @Override
    public void init(ProcessorContext<Long, V> given) {
        context = given;
    }

    @Override
    public void process(Record<String, V> record) {
        context.forward(record.withKey(context.position()));
    }
}
