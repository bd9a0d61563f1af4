package io.varve.runtime;

import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateCopy;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import io.varve.store.state.Table;
import java.nio.file.Path;
import java.util.Set;

/** Another environment, but for what becomes of its commits. */
abstract class ForwardingEnvironment implements StateEnvironment {
    /** That which does it. */
    abstract StateEnvironment real();

    /** Commits what was begun, or does not. */
    abstract void commit(StateTransaction begun);

    @Override
    public Set<String> tables() {
        return real().tables();
    }

    @Override
    public StateView view() {
        return real().view();
    }

    @Override
    public StateTransaction begin() {
        StateTransaction begun = real().begin();
        return new StateTransaction() {
            @Override
            public Table table(String name) {
                return begun.table(name);
            }

            @Override
            public void checkpoint(Checkpoint checkpoint) {
                begun.checkpoint(checkpoint);
            }

            @Override
            public void commit() {
                ForwardingEnvironment.this.commit(begun);
            }

            @Override
            public void close() {
                begun.close();
            }
        };
    }

    @Override
    public StateCopy copyTo(Path folder) {
        return real().copyTo(folder);
    }

    @Override
    public void sync() {
        real().sync();
    }

    @Override
    public void close() {
        real().close();
    }
}
