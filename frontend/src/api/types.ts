export interface User { id: string; email: string; username: string; full_name: string | null; role: string; is_active: boolean; created_at: string; last_login: string | null }
export interface Bot {
  id: string; owner_id: string; name: string; description: string | null; instructions: string | null; model_id: string;
  temperature: number; max_tokens: number; rag_enabled: boolean; knowledge_base_id: string | null; is_public: boolean;
  is_marketplace: boolean; tags: string[]; is_active: boolean; created_at: string; updated_at: string;
}
export type BotInput = Pick<Bot, 'name' | 'description' | 'instructions' | 'model_id' | 'temperature' | 'max_tokens' | 'rag_enabled' | 'knowledge_base_id' | 'is_public' | 'is_marketplace' | 'tags'>;
export interface Model { id: string; name: string; is_default: boolean }
export interface Chat { id: string; bot_id: string | null; title: string; created_at: string; updated_at: string }
export interface Usage { input_tokens: number; output_tokens: number; estimated: boolean }
export interface Failure { code: string; detail: string }
export interface Passage { number: number; id: string; knowledge_base_id: string; text: string; source_type: string; source_uri: string | null; similarity: number }
export interface Message {
  id: string; role: 'user' | 'assistant'; content: string; created_at: string; model_id: string | null;
  status: 'streaming' | 'complete' | 'stopped' | 'failed'; stop_reason: string | null; usage: Usage | null; error: Failure | null; passages: Passage[];
}
export interface History { chat_id: string; messages: Message[] }
export interface ChatMatch { chat_id: string; message_id: string; title: string; role: string; created_at: string; snippet: { text: string; is_match: boolean }[] }
export interface KnowledgeBase { id: string; name: string; description: string | null; chunk_count: number; created_at: string; updated_at: string }
export interface SearchResult { id: string; text: string; source_type: string; source_uri: string | null; chunk_index: number; metadata: unknown; similarity: number }
export interface Agent {
  id: string; name: string; display_name: string; description: string | null; category: string; agent_type: string; capabilities: string[];
  status: string; is_public: boolean; icon_url: string | null; tags: string[]; total_requests: number; success_rate: number;
}
export interface Page<T> { items: T[]; next_cursor: string | null }
