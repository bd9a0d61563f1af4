package io.varve.samples.bench;

/** The process that does nothing but say that it is there. */
final class EmptyProcess {
    private EmptyProcess() {}

    public static void main(String[] args) {
        System.out.println("state=" + RestartProcess.READY);
    }
}
