/** What the commands about config.yaml take. */
export interface ConfigOptions {
  readonly config?: string;
  readonly json?: boolean;
}
