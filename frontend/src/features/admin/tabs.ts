/** The areas of the administration. Apart from them, since the address is read before they are fetched. */
export const TABS = ['usage', 'users', 'bots', 'agents'] as const;
export type Tab = (typeof TABS)[number];
