package io.varve.samples.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The works that measure the store alone, and other stores beside it. */
final class StoreSuite implements Suite {
    private final Sizes sizes;
    private final Peers peers;

    StoreSuite(Sizes sizes, Peers peers) {
        this.sizes = sizes;
        this.peers = peers;
    }

    @Override
    public List<String> works() {
        return List.copyOf(StoreWork.all().keySet());
    }

    @Override
    public void runHere(
            String work, Path scratch, Consumer<String> progress, Consumer<ResultLine> results)
            throws IOException, InterruptedException {
        StoreWork.all().get(work).run(new Workbench<>(work, sizes, scratch, progress, results));
    }

    @Override
    public ChildProcess runApart(String work, Path scratch) throws IOException {
        List<String> arguments = new ArrayList<>(sizes.arguments());
        arguments.addAll(List.of("--work", work, "--dir", scratch.toString()));
        return ChildProcess.ofClass(WorkProcess.class, arguments);
    }

    @Override
    public List<ResultLine> peers(String work, Path scratch)
            throws IOException, InterruptedException {
        return peers.run(work, scratch);
    }

    @Override
    public List<ResultLine> hold(List<List<ResultLine>> rounds) {
        return Targets.hold(rounds);
    }
}
