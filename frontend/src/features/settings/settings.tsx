import { Appearance } from '@/features/settings/appearance';
import { Archive } from '@/features/settings/archive';
import { Erasure } from '@/features/settings/erasure';
import { ImportChat } from '@/features/settings/import-chat';
import { Profile } from '@/features/settings/profile';
import { Sessions } from '@/features/settings/sessions';

export const Settings = () => (
  <div>
    <Profile />
    <Appearance />
    <Archive />
    <ImportChat />
    <Sessions />
    <Erasure />
  </div>
);
